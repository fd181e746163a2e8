"""What the base model knows already: which facts of the bank it can say from memory, before anything is trained.

Questions of the train and dev splits go in, never a test one; a table comes out that gives each of them one of the
categories of SliCK (Gekhman et al. 2024), or says that nothing can be decided, and the raw answers by which it was
made. It changes no question and weighs none: that is the mix's business.
"""

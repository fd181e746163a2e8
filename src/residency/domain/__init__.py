"""Specialties: lexicons and phrases as data. Another specialty is another folder."""

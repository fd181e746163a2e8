"""Given names, by which a full name is known where nothing else tells of it. Reviewed 2026-11.

Of several languages, and far from all that there are. Names that are words of medicine or of plain speech as well
(Frank, Mark, Will, Rose, May) are left out, and found only by what stands around them.
"""

from __future__ import annotations

GIVEN_NAMES: frozenset[str] = frozenset(
    """Aaron Abdul Abdullah Abigail Adam Adebayo Adeel Adele Adrian Agnes Agnieszka Ahmad Ahmed Aidan Aisha Akira
    Alan Alana Alastair Albert Aleksandra Alessandro Alex Alexander Alexandra Alfie Alfred Ali Alice Alicia Alison
    Alistair Amanda Amara Amber Amelia Amina Amir Amit Amy Ana Anastasia Andrea Andreas Andrei Andrew Andrzej
    Aneta Angela Angelina Angus Anil Anita Anjali Ann Anna Anne Annette Annie Anthony Antoine Anton Antonia
    Antonio Anya Archie Arjun Arnold Arthur Arun Asha Ashley Ashok Audrey Ava Ayesha Barbara Barry Beatrice Ben
    Benjamin Bernadette Bernard Beth Bethany Bianca Bogdan Brenda Brendan Brian Bridget Bruce Caitlin Callum
    Cameron Camille Carl Carla Carlos Carmen Carol Caroline Catherine Cecilia Chantal Charlene Charles Charlie
    Charlotte Chiara Chidi Chinedu Chloe Chris Christian Christina Christine Christopher Ciara Cillian Claire
    Clara Claudia Clive Colin Connor Conor Cormac Craig Cynthia Daisy Damian Daniel Daniela Danielle Danny Daria
    Darren Dave David Debbie Deborah Declan Deepak Deirdre Denise Dennis Derek Desmond Diana Diane Diego Dimitri
    Dmitri Dolores Dominic Dominik Donald Donna Dorothy Douglas Duncan Dylan Edith Edmund Edward Eileen Elaine
    Eleanor Elena Elias Elisabeth Elizabeth Ella Ellen Ellie Elsie Emeka Emilia Emily Emma Emmanuel Enrique Eoin
    Eric Erica Erin Esther Ethan Eugene Eva Evelyn Ewa Ewan Faisal Fatima Fatma Felicity Felix Fergus Fernando
    Fiona Florence Folasade Frances Francesca Francis Francisco Freddie Frederick Freya Gareth Gary Gavin Gemma
    Geoff Geoffrey George Georgia Georgina Gerald Gerard Giles Gillian Giovanni Giulia Glenda Glenn Gloria Gordon
    Grace Graeme Graham Grainne Greg Gregory Guillermo Gurpreet Hamza Hannah Harjit Harold Harriet Harry Harvey
    Hasan Hassan Hayley Heather Heidi Helen Helena Helga Henry Hilary Hiroshi Holly Howard Hugh Hugo Hussein Ian
    Ibrahim Ifeoma Imogen Imran Ingrid Irena Irene Isaac Isabel Isabella Isla Ivan Jack Jackie Jacob Jacqueline
    Jade Jake James Jamie Jan Jane Janet Janice Jasmine Jason Javier Jayne Jeff Jeffrey Jennifer Jenny Jeremy
    Jessica Jim Joan Joanna Joanne Joe Joel Johan Johanna John Jonathan Jordan Jorge Jose Josef Joseph Josephine
    Josh Joshua Joyce Juan Judith Julia Julian Julie Juliet Justin Kamal Karen Karim Karl Karolina Katarzyna Kate
    Katherine Kathleen Kathryn Katie Kavita Kayleigh Keith Kelly Kenneth Kerry Kevin Khadija Khalid Kieran
    Kimberly Kiran Kirsten Kirsty Klaus Krishna Krystyna Krzysztof Kwame Kyle Lakshmi Lara Laura Lauren Laurence
    Lawrence Leah Leanne Leila Lena Leo Leon Leonard Lesley Leslie Lewis Liam Lilian Lillian Linda Lindsay Lisa
    Lorna Lorraine Louis Louise Lucas Lucia Lucinda Lucy Luis Luke Lydia Lynda Lynne Madeleine Magdalena Mahmoud
    Maisie Malcolm Mandeep Manuel Marcin Marco Marcus Margaret Maria Marian Marie Marilyn Mario Marion Marjorie
    Marta Martha Martin Martyn Mary Maryam Mateusz Matilda Matt Matteo Matthew Maureen Maurice Mavis Max Maya
    Małgorzata Meera Megan Mei Melanie Melissa Mercy Mia Michael Michal Michelle Miguel Mikhail Mildred Milena
    Millie Miriam Mohamed Mohammad Mohammed Moira Molly Monica Monika Morag Moses Muhammad Muriel Musa Mustafa
    Nadia Nancy Naomi Natalia Natalie Natasha Nathan Neha Neil Niall Niamh Nicholas Nicola Nicole Nigel Nikhil
    Nikolai Nina Noah Noel Nora Norma Norman Nuala Olga Oliver Olivia Olu Oluwaseun Omar Orla Oscar Owen Pablo
    Padraig Pamela Patricia Patrick Paul Paula Pauline Pavel Pedro Penelope Peter Petra Phil Philip Phoebe Phyllis
    Pierre Piotr Pooja Poppy Prakash Pravin Priya Priyanka Rachel Rafael Rahul Rajesh Rajiv Ralph Ramesh Raquel
    Rashid Raymond Rebecca Reginald Rekha Renata Rhiannon Rhys Ricardo Richard Rita Robert Roberto Robin Rodney
    Roger Roisin Roland Ronald Ronan Rory Rosemary Ross Rowan Roy Ruby Rupert Russell Ruth Ryan Saeed Sally Salma
    Samantha Samir Samuel Sandeep Sandra Sanjay Sara Sarah Saskia Scott Seamus Sean Sebastian Sergei Sergio
    Shabnam Shannon Sharon Shaun Sheila Shirley Simon Sinead Siobhan Siobhán Sofia Sonia Sophia Sophie Stacey
    Stanisław Stanley Stefan Stella Stephanie Stephen Steve Steven Stuart Sunil Sunita Suresh Susan Susanna
    Suzanne Svetlana Sylvia Tamara Tania Tanya Tara Tariq Terence Teresa Terry Thandiwe Theodore Theresa Thomas
    Tiffany Timothy Tina Toby Todd Tomasz Tommy Tony Tracey Tracy Trevor Ursula Usha Usman Valerie Vanessa Vera
    Veronica Victor Victoria Vijay Vikram Vincent Violet Virginia Vivian Vladimir Walter Wanda Wayne Wendy Wilfred
    Wilhelm William Winifred Wojciech Xavier Yasmin Yasmine Yolanda Youssef Yuki Yusuf Yvonne Zachary Zahra Zainab
    Zara Zeynep Zoe Zofia""".split()
)

"""An attack changes the answer: which channels does it not fool?"""

"""What is left under attack?"""

"""What is left as beta rises?"""

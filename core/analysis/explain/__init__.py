"""What happened in this image?"""

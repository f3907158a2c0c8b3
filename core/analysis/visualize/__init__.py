"""Which picture would give these features?"""

"""Do the features group by class?"""

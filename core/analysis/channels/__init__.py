"""Which channels are robust, for what?"""

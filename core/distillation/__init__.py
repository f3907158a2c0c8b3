"""Split the channels of one image into robust and non-robust by how much learned noise each tolerates."""

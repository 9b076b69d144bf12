"""What is missing in the network: countries without a post, ends without a successor, posts nobody has seen lately,
and what sources count that the register does not. One question, read by a page and by the API."""

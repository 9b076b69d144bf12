"""What runs the site: the web server, limits, parts that fail, monitoring, a standby to read from."""

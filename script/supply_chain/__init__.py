"""What the register is made of: its packages, their licences and known vulnerabilities, and the SBOM of it all."""

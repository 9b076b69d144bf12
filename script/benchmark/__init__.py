"""The benchmark of the register: `script/bench`."""

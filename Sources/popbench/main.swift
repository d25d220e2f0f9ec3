print("popbench")

for value in ["A", "B", "C", "D"]:
    print("Got", value)
print("Done")

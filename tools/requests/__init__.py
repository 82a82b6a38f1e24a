"""Share requests (共享申请): from a draft to the answer and the end of use. `open_desk` is the door."""

"""SimpleQueue has no feeder thread: put() writes into the pipe itself."""
import multiprocessing as mp
import sys


def child(q, answers):
    question = q.get()
    answers.put({"question": question, "answer": 42})


if __name__ == "__main__":
    if sys.argv[1:]:
        mp.set_start_method(sys.argv[1])
    q = mp.SimpleQueue()
    answers = mp.SimpleQueue()
    print("main: empty", q.empty())
    p = mp.Process(target=child, args=(q, answers))
    p.start()
    q.put("why?")
    answer = answers.get()
    print("main:", answer["question"], answer["answer"])
    p.join()

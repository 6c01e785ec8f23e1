"""The pool: jobs, their bounded queue, the workers and the processes that they drive."""

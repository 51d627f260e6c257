"""The programs of Michael Nielsen's book by their names: ``network`` to ``network3`` and ``mnist_loader``.

A listing of the book, or of the notes that follow it, runs once its import line is changed::

    from chainrule.book import mnist_loader, network

    training_data, validation_data, test_data = mnist_loader.load_data_wrapper()
    net = network.Network([784, 30, 10])
    net.SGD(training_data, 30, 10, 3.0, test_data=test_data)

Classes, functions and arguments are called as there, columns are columns, and the same lines are printed.
The arithmetic is chainrule's: mini-batches go through one `chainrule.network.Network` at once. Where a
subclass writes a part of the gradient anew, its own method is called image by image, as in the book.
"""

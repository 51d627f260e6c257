"""Neural networks written out by hand in NumPy: every gradient is the chain rule, visible.

A network learns to read handwritten digits in these lines::

    import chainrule as cr

    data = cr.load_data("mnist")
    network = cr.Network([784, 30, 10], seed=1)
    trainer = cr.Trainer(network, optimizer=cr.SGD(3.0), batch_size=10, epochs=30, seed=1)
    history = trainer.fit(data)
    print(cr.evaluate(network, data.test))
    cr.save_model(network, "model.safetensors")

The public names are listed in ``__init__.pyi``; each is imported from its module when it is first used,
so that importing the package costs next to nothing.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

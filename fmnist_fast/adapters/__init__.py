"""Other libraries' calls on top of this one; each module is named after what it stands in for.

Either import from here what the program imports from there, or let the program find it there::

    from fmnist_fast.adapters import idx2numpy

    idx2numpy.install()                 # until .undo() of what it returns
    with idx2numpy.install():           # until the end of the block
        ...

`install` reaches code that looks a function up in its module at each call, whether it has imported the
module before or imports it later. What was taken out of the module by ``from module import name`` before
stays what it was. Where the library is not installed, the module that ``import`` finds has these calls only.

The docstring of each module names the version that it follows, and where it goes beyond it or differs.
"""

"""The order of the tests."""


def pytest_collection_modifyitems(items):
    """The file that takes longest begins first: a worker takes whole files, and nothing else is left at its end."""
    items.sort(key=lambda item: item.path.name != "test_pipeline.py")

"""# tandem: ignore TD106 no"""
op.execute(  # tandem: ignore TD303 why
    r'# tandem: ignore TD303 no' f"{x!r:>{3}}"
)
# tandem: ignore-file TD106 why
x = '''
# tandem: ignore'''

import os


class Settings:
    def __init__(self):
        self.title = open(os.environ["TITLE_FILE"]).read()


settings = Settings()

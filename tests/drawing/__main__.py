"""`make pictures` draws the pictures of the documentation anew; look at them before you commit."""

from tests.drawing.pictures import FOLDER, PICTURES

FOLDER.mkdir(exist_ok=True)
for picture in PICTURES:
    picture.file.write_text(picture.text(), encoding="utf-8")
print(f"{len(PICTURES)} pictures drawn")

"""Reads packets with Python's own XML parser (expat) and prints what it found,
one JSON object a packet: the texts by path in order of appearance, and the
attachments as base64 of what they hold (a wrapping ZIP undone the way the
reference library does: content type says zip, the name does not)."""
import base64, io, json, sys, zipfile
import xml.etree.ElementTree as ET

NS = "{http://www.mic.gov.vn/TBT/QCVN_102_2016}"


def texts(node, path, found):
    name = path + "/" + node.tag.removeprefix(NS)
    if len(node) == 0 and not name.endswith("/ContentTransferEncoded"):
        found.append([name, node.text or ""])
    for child in node:
        texts(child, name, found)


for path in sys.argv[1:]:
    root = ET.parse(path).getroot()
    found, files = [], []
    texts(root, "", found)
    for a in root.iter(NS + "Attachment"):
        name = a.findtext(NS + "AttachmentName")
        content = base64.b64decode(a.findtext(NS + "ContentTransferEncoded"), validate=True)
        if a.findtext(NS + "ContentType") == "application/zip" and not name.lower().endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as z:
                content = z.read(z.infolist()[0])
        files.append([name, base64.b64encode(content).decode()])
    print(json.dumps({"texts": found, "files": files}))

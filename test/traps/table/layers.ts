import { by, type Trap } from '../trap.ts'

const links = 'traps/links.test.ts'
const markers = 'traps/markers.test.ts'
const filesystem = 'image/filesystem.test.ts'

/** What goes wrong when layers are stacked. */
export const layerTraps: readonly Trap[] = [
  {
    id: '1',
    trap: 'Each hard link counts as a file: busybox weighs four hundred times what it does.',
    right: 'A content has one size, however many names it has.',
    held: by(links, 'a content of many names > counts once'),
  },
  {
    id: '2',
    trap: 'A hard link to a file of a lower layer looks free, though overlayfs copies the file up first.',
    right:
      'The copy in the tar counts, the one below is waste; a link that the layer holds no copy for adds nothing and is told.',
    held: [
      ...by(
        links,
        'a hard link to a file of a lower layer > has made its layer store the whole file once more: both copies count, and the one below is waste',
        'a hard link to a file of a lower layer > that was stored as a file of its own is a duplicate',
        'a hard link to a file of a lower layer > that the layer does not repeat adds no bytes, and is told',
      ),
      ...by(filesystem, 'contents with several names > can belong to a lower layer, with a notice'),
    ],
  },
  {
    id: '3',
    trap: 'The file that links point to is deleted later, and its bytes are called waste while another name shows them.',
    right: 'Bytes live while one of their names does, and are hidden with the last.',
    held: [
      ...by(links, 'a content of many names > stays while one of them does, and is hidden with the last'),
      ...by(filesystem, 'contents with several names > are hidden with their last name'),
    ],
  },
  {
    id: '4',
    trap: 'A deleted folder is one path of no size: what lay in it is not counted.',
    right: 'Everything below it is hidden with it, each file by its own row.',
    held: [
      ...by(markers, 'what a layer deletes > is counted with all that lies in a deleted folder'),
      ...by(filesystem, 'what lies over what > hides all of a folder with the folder'),
    ],
  },
  {
    id: '5',
    trap: 'A file that layers write again and again is waste in all its copies, the one that survives included.',
    right: 'Only dead copies are waste.',
    held: by(markers, 'what a layer deletes > is waste in the dead copies alone: the one that survives is not'),
  },
  {
    id: '6',
    trap: 'An opaque marker is ignored, or hides those siblings of its own layer that stand before it in the tar.',
    right: 'It hides what lower layers have in its folder and nothing of its own layer, wherever it stands.',
    held: [
      ...by(
        markers,
        'an opaque marker > that stands %s hides what lower layers have, and none of its siblings',
        'an opaque marker > at the root hides all that lower layers have',
        'an opaque marker > leaves a file that the same layer whites out and writes',
      ),
      ...by(filesystem, 'the tree > is the one that applying layer after layer to a folder gives, for any stack'),
    ],
  },
  {
    id: '7',
    trap: 'Names that look like markers delete files, a bare `.wh.` its folder, and `/.wh.x` every `x` there is.',
    right: 'A marker is told by its exact base name, and a whiteout hides one path.',
    held: [
      ...by(
        markers,
        'a name > that only looks like a marker is a file',
        'a name > of a marker of aufs, a bare .wh. and an opaque marker with more behind it hide nothing',
        'a name > of a whiteout at the root hides what lies at the root, and nothing of that name elsewhere',
      ),
      ...by(filesystem, 'what lies over what > takes names that only look like markers as files'),
    ],
  },
  {
    id: '8',
    trap: 'A whiteout below a symbolic link deletes what the link leads to.',
    right: 'Paths are lexical: no link in them is followed.',
    held: by(markers, 'a name > of a whiteout is lexical: no link in its path is followed'),
  },
  {
    id: '9',
    trap: 'A folder that one layer makes a file or a link, without a whiteout, stays in the tree with all that lay in it.',
    right: 'An entry that is no folder takes everything below its path along.',
    held: [
      ...by(markers, 'a folder that becomes something else without a whiteout > %s takes all that lay in it along'),
      ...by(filesystem, 'what lies over what > hides what lies below a folder that becomes a link, as replaced'),
    ],
  },
  {
    id: '10',
    trap: 'A whiteout of what was never there aborts the layer.',
    right: 'It hides nothing and costs nothing.',
    held: [
      ...by(markers, 'what a layer deletes > may never have been there: the marker costs nothing and hides nothing'),
      ...by(filesystem, 'what lies over what > takes no harm from a whiteout of what was never there'),
    ],
  },
  {
    id: '11',
    trap: 'Markers of the lowest layer, which has nothing to hide, become files of the image.',
    right: 'They are entries of the layer, and no files.',
    held: by(
      markers,
      'what a layer deletes > is nothing in the lowest layer: its markers are counted as entries, and are no files',
    ),
  },
  {
    id: '14',
    trap: 'A chown, chmod or touch stores files whole once more, and nobody says so.',
    right:
      'Contents are compared with the copy below: equal ones are a cause of their own, with the instruction to change.',
    held: by(
      'traps/paths.test.ts',
      'a file that changes nothing but its owner, mode or time > is stored whole once more: its %s',
      'a file that changes nothing but its owner, mode or time > is told from one that has other bytes of the same length',
    ),
  },
  {
    id: '19',
    trap: 'The landmarks that eStargz puts into every layer are files which layer after layer seems to store again.',
    right: 'They are the format’s own, as its tables of contents are: no finding claims what no instruction wrote.',
    held: by(
      'traps/estargz.test.ts',
      'a layer for lazy pulling > has landmarks: the format’s own, which no instruction wrote or could write once',
      'a layer that has its table of contents as a file, as converters leave it in front of the end > hides that of the layer below, which nobody can write once: it is kept, and named',
      'a layer for lazy pulling > has a table of contents behind its end, which is no file of the image and part of its size',
    ),
  },
]

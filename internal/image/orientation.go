package image

import (
	"encoding/binary"
	"image"
)

// orientation is EXIF's: how the stored pixels lie relative to the scene.
type orientation uint16

const upright orientation = 1

// swaps tells whether width and height change places.
func (o orientation) swaps() bool { return o >= 5 }

// turn converts a size between the stored and the upright picture, either way.
func (o orientation) turn(w, h int) (int, int) {
	if o.swaps() {
		return h, w
	}
	return w, h
}

// exifOrientation reads the orientation from an EXIF block (a TIFF file). What
// is damaged, absent or out of range is upright.
func exifOrientation(tiff []byte) orientation {
	const orientationTag, shortType = 0x0112, 3
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	offset := uint64(order.Uint32(tiff[4:]))
	if offset+2 > uint64(len(tiff)) {
		return upright
	}
	entries := int(order.Uint16(tiff[offset:]))
	for rest := tiff[offset+2:]; entries > 0 && len(rest) >= 12; entries, rest = entries-1, rest[12:] {
		if order.Uint16(rest) == orientationTag && order.Uint16(rest[2:]) == shortType {
			if o := orientation(order.Uint16(rest[8:])); o >= 1 && o <= 8 {
				return o
			}
			return upright
		}
	}
	return upright
}

// apply returns m as the scene was seen.
func (o orientation) apply(m *image.RGBA) *image.RGBA {
	if o == upright {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	dw, dh := o.turn(w, h)
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range h {
		for x := range w {
			dx, dy := o.place(x, y, w, h)
			copy(dst.Pix[dy*dst.Stride+4*dx:][:4], m.Pix[y*m.Stride+4*x:][:4])
		}
	}
	return dst
}

// place tells where the stored pixel x,y of a w x h picture belongs.
func (o orientation) place(x, y, w, h int) (int, int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

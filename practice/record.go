package practice

import (
	"bytes"
	"context"
	"io"

	"github.com/guildhall/guildhall/internal/blob"
	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/errs"
	"github.com/guildhall/guildhall/internal/ids"
)

// MaxRecording bounds a spoken answer, in bytes: some twenty minutes as browsers
// record them.
const MaxRecording = 16 << 20

// Record keeps a spoken answer with an attempt that has none yet; Answer then
// takes it, with or without text. Once more replaces it. Returns NotFound for an
// attempt that is not theirs, Conflict if there is an answer already, TooLarge,
// and Unsupported for what is no sound that browsers record.
func (s *Service) Record(ctx context.Context, account, id ids.ID, r io.Reader) (*Attempt, error) {
	a, err := s.Attempt(ctx, account, id)
	if err != nil {
		return nil, err
	}
	if a.State != Asked {
		return nil, errs.New(errs.Conflict, "This step of the attempt has been taken already, or comes later")
	}
	head := make([]byte, 16)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return nil, errs.Wrap(errs.Malformed, "The recording could not be read", err)
	}
	ext := soundType(head[:n])
	if ext == "" {
		return nil, errs.New(errs.Unsupported, "This is no recording that can be played")
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), r)
	key, size, err := s.Recordings.Put(ctx, io.LimitReader(whole, MaxRecording+1), ext)
	if err != nil {
		return nil, err
	}
	if size > MaxRecording {
		return nil, s.drop(ctx, key, errs.New(errs.TooLarge, "The recording is too large: at most 16 MiB"))
	}
	err = s.write(ctx, func(tx *db.Tx) error { return step(ctx, tx, a, Asked, Asked, "audio = $4", key) })
	if err != nil {
		return nil, s.drop(ctx, key, err)
	}
	if a.Audio != "" && a.Audio != key {
		if err := s.drop(ctx, a.Audio, nil); err != nil {
			return nil, err
		}
	}
	return s.Attempt(ctx, account, id)
}

// Recording opens the spoken answer of an attempt of theirs; the caller
// closes it. Returns NotFound if there is none.
func (s *Service) Recording(ctx context.Context, account, id ids.ID) (io.ReadSeekCloser, blob.Info, error) {
	a, err := s.Attempt(ctx, account, id)
	if err != nil {
		return nil, blob.Info{}, err
	}
	return s.openRecording(ctx, a)
}

func (s *Service) openRecording(ctx context.Context, a *Attempt) (io.ReadSeekCloser, blob.Info, error) {
	if a.Audio == "" {
		return nil, blob.Info{}, errs.NotFoundRecord()
	}
	return s.Recordings.Open(ctx, a.Audio)
}

// drop deletes a recording that no attempt has, and returns why.
func (s *Service) drop(ctx context.Context, key string, why error) error {
	used, err := db.Value[bool](ctx, s.DB, "SELECT EXISTS (SELECT 1 FROM practice_attempts WHERE audio = $1 AND audio <> '')", key)
	if err == nil && !used {
		err = s.Recordings.Delete(ctx, key)
	}
	if err != nil {
		s.Log.Error("recording not deleted", "key", key, "error", err)
	}
	return why
}

// soundType tells by its first bytes what a recording is, as an extension; empty
// if it is none.
func soundType(head []byte) string {
	at := func(i int, magic string) bool {
		return len(head) >= i+len(magic) && string(head[i:i+len(magic)]) == magic
	}
	switch {
	case at(0, "\x1aE\xdf\xa3"):
		return ".webm"
	case at(0, "OggS"):
		return ".ogg"
	case at(4, "ftyp"):
		return ".m4a"
	case at(0, "RIFF") && at(8, "WAVE"):
		return ".wav"
	case at(0, "ID3") || len(head) > 1 && head[0] == 0xff && head[1]&0xe6 == 0xe2: // MPEG layer III
		return ".mp3"
	}
	return ""
}

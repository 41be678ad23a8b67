package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// filesAtOnce bounds how many images one statement reads or condemns.
const filesAtOnce = 100

// detached is the position of an image whose post was deleted, until its files
// are where nobody finds them.
const detached = -2

// detach takes the images of a deleted post away from everybody but the author,
// who may write the post anew with them. Those that only earlier versions
// showed are condemned: their rows stay until the files are gone, so that none is
// forgotten when the process ends in between. Returns whether there were any.
func (s *Service) detach(ctx context.Context, tx *db.Tx, post ids.ID) (had bool, err error) {
	old, err := db.Exec(ctx, tx, "UPDATE posts_media SET account_id = 0, post_id = 0, position = 0 WHERE post_id = $1 AND position < 0", post)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, "UPDATE posts_media SET post_id = 0, position = $2, detached_at = $3 WHERE post_id = $1", post, detached, toMillis(s.Now()))
	return old+n > 0, err
}

// hideDetached moves the files of detached images, and returns the images as
// they are now.
func (s *Service) hideDetached(ctx context.Context) (map[ids.ID]Media, error) {
	hidden := map[ids.ID]Media{}
	for {
		rows, err := db.All(ctx, s.DB, scanMedia, "SELECT "+mediaColumns+" FROM posts_media WHERE post_id = 0 AND position = $1 LIMIT $2", detached, filesAtOnce)
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			if hidden[m.ID], err = s.hideFiles(ctx, m); err != nil {
				return nil, err
			}
		}
		if len(rows) < filesAtOnce {
			return hidden, nil
		}
	}
}

// hideFiles gives an image files at addresses that nobody knows.
func (s *Service) hideFiles(ctx context.Context, m Media) (Media, error) {
	s.files.Lock()
	defer s.files.Unlock()
	old := m
	var err error
	if m.Original.Key, err = s.Blobs.Copy(ctx, old.Original.Key); err != nil {
		return m, err
	}
	if m.Small.Key, err = s.Blobs.Copy(ctx, old.Small.Key); err != nil {
		return m, err
	}
	if _, err := db.Exec(ctx, s.DB, "UPDATE posts_media SET original_key = $2, small_key = $3, position = 0 WHERE id = $1", m.ID, m.Original.Key, m.Small.Key); err != nil {
		return m, err
	}
	return m, s.deleteUnused(ctx, old)
}

// sweepUploads deletes images that have waited too long to be posted, and what
// was condemned and not deleted yet.
func (s *Service) sweepUploads(ctx context.Context) error {
	if _, err := s.hideDetached(ctx); err != nil {
		return err
	}
	before := s.Now().Add(-s.config.KeepUploads)
	for {
		n, err := db.Exec(ctx, s.DB, `UPDATE posts_media SET account_id = 0 WHERE post_id = 0 AND id IN
			(SELECT id FROM posts_media WHERE post_id = 0 AND scheduled_id = 0 AND account_id <> 0 AND id < $1 AND detached_at < $2 ORDER BY id LIMIT $3)`,
			ids.At(before), toMillis(before), filesAtOnce)
		if err != nil {
			return err
		}
		if n == 0 {
			return s.dropFiles(ctx)
		}
	}
}

// dropFiles deletes the files and the rows of condemned images.
func (s *Service) dropFiles(ctx context.Context) error {
	for {
		rows, err := db.All(ctx, s.DB, scanMedia, "SELECT "+mediaColumns+" FROM posts_media WHERE account_id = 0 AND post_id = 0 LIMIT $1", filesAtOnce)
		if err != nil {
			return err
		}
		for _, m := range rows {
			if err := s.dropFile(ctx, m); err != nil {
				return err
			}
		}
		if len(rows) < filesAtOnce {
			return nil
		}
	}
}

// dropFile deletes the files and the row of a condemned image.
func (s *Service) dropFile(ctx context.Context, m Media) error {
	s.files.Lock()
	defer s.files.Unlock()
	if err := s.deleteUnused(ctx, m); err != nil {
		return err
	}
	_, err := db.Exec(ctx, s.DB, "DELETE FROM posts_media WHERE id = $1 AND account_id = 0", m.ID)
	return err
}

// deleteUnused deletes those of an image's files that no other image has. files
// must be locked.
func (s *Service) deleteUnused(ctx context.Context, m Media) error {
	for _, key := range []string{m.Original.Key, m.Small.Key} {
		used, err := db.Value[bool](ctx, s.DB, `SELECT EXISTS (SELECT 1 FROM posts_media WHERE original_key = $1 AND id <> $2)
			OR EXISTS (SELECT 1 FROM posts_media WHERE small_key = $1 AND id <> $2)
			OR EXISTS (SELECT 1 FROM posts_links WHERE image_key = $1 AND image_key <> '')`, key, m.ID)
		if err != nil {
			return err
		}
		if used {
			continue
		}
		if err := s.Blobs.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

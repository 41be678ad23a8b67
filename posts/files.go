package posts

import (
	"context"

	"github.com/guildhall/guildhall/internal/db"
	"github.com/guildhall/guildhall/internal/ids"
)

// filesAtOnce bounds how many images one statement reads or condemns.
const filesAtOnce = 100

// condemn takes the images of a deleted post away from everybody. Their rows
// stay until the files are gone, so that none is forgotten when the process
// ends in between.
func condemn(ctx context.Context, tx *db.Tx, post ids.ID) error {
	_, err := db.Exec(ctx, tx, "UPDATE posts_media SET account_id = 0, post_id = 0, position = 0 WHERE post_id = $1", post)
	return err
}

// sweepUploads deletes images that have waited too long to be posted, and what
// was condemned and not deleted yet.
func (s *Service) sweepUploads(ctx context.Context) error {
	for {
		n, err := db.Exec(ctx, s.DB, `UPDATE posts_media SET account_id = 0 WHERE post_id = 0 AND id IN
			(SELECT id FROM posts_media WHERE post_id = 0 AND account_id <> 0 AND id < $1 ORDER BY id LIMIT $2)`,
			ids.At(s.Now().Add(-s.config.KeepUploads)), filesAtOnce)
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

// dropFile deletes what no other image has the same content as.
func (s *Service) dropFile(ctx context.Context, m Media) error {
	s.files.Lock()
	defer s.files.Unlock()
	for _, key := range []string{m.Original.Key, m.Small.Key} {
		used, err := db.Value[bool](ctx, s.DB, `SELECT EXISTS (SELECT 1 FROM posts_media WHERE original_key = $1 AND id <> $2)
			OR EXISTS (SELECT 1 FROM posts_media WHERE small_key = $1 AND id <> $2)`, key, m.ID)
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
	_, err := db.Exec(ctx, s.DB, "DELETE FROM posts_media WHERE id = $1 AND account_id = 0", m.ID)
	return err
}

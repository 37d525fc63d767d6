package signer

import (
	"context"
	"errors"
	"fmt"
	"time"

	dpdf "github.com/digitorus/pdf"
)

// secondWait is how long the second reader may take before its opinion is done without.
const secondWait = 10 * time.Second

// errNoOpinion: the second reader cannot read a file, which is no fault of the file.
var errNoOpinion = errors.New("no second opinion")

// secondView is what another parser sees in a file.
type secondView struct {
	pages  int
	fields int      // at the top of the form
	signed [4]int64 // byte range of the signature in the field asked for
}

// secondReading lets another parser (digitorus/pdf) read the finished revision:
// it must see the pages and fields it saw before, one field more when the
// signature brought its own, and the signature where we put it. A file that it
// could not read before it has no opinion about. Nothing of it is used: it is
// there so that one parser's misunderstanding is not taken for the file.
func secondReading(ctx context.Context, before sized, after *revision, field string) error {
	was, err := viewBySecond(ctx, before, field)
	if errors.Is(err, errNoOpinion) {
		return nil
	}
	if err != nil {
		return err
	}
	is, err := viewBySecond(ctx, after, field)
	if err != nil {
		return fmt.Errorf("%w: a second reader fails: %w", ErrCannotSign, err)
	}
	want := [4]int64{0, after.start, after.end, after.Size() - after.end}
	if is.pages != was.pages || is.signed != want || is.fields < was.fields || is.fields > was.fields+1 {
		return fmt.Errorf("%w: a second reader sees %+v, before %+v", ErrCannotSign, is, was)
	}
	return nil
}

// viewBySecond runs the other parser apart, for it panics on odd files and may
// go in circles; then it is left behind.
func viewBySecond(ctx context.Context, r sized, field string) (secondView, error) {
	type answer struct {
		view secondView
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		v, err := lookBySecond(r, field)
		done <- answer{v, err}
	}()
	wait := time.NewTimer(secondWait)
	defer wait.Stop()
	select {
	case a := <-done:
		return a.view, a.err
	case <-wait.C:
		return secondView{}, fmt.Errorf("%w: too slow", errNoOpinion)
	case <-ctx.Done():
		return secondView{}, ctx.Err()
	}
}

func lookBySecond(r sized, field string) (v secondView, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: panic: %v", errNoOpinion, p)
		}
	}()
	rdr, err := dpdf.NewReader(r, r.Size())
	if err != nil {
		return v, fmt.Errorf("%w: %w", errNoOpinion, err)
	}
	v.pages = rdr.NumPage()
	fields := rdr.Trailer().Key("Root").Key("AcroForm").Key("Fields")
	v.fields = fields.Len()
	for i := range v.fields {
		if f := fields.Index(i); f.Key("T").RawString() == field {
			ranges := f.Key("V").Key("ByteRange")
			for j := range v.signed {
				v.signed[j] = ranges.Index(j).Int64()
			}
		}
	}
	return v, nil
}

package page

import (
	"context"
	"fmt"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"os"
	"reflect"
	"runtime"
	"testing"
	"time"
)

func TestX(t *testing.T) {
	cache, _ := wazero.NewCompilationCacheWithDir("/tmp/pg/cache")
	for _, term := range []bool{false, true} {
		t0 := time.Now()
		pool, err := webassembly.Init(webassembly.Config{MinIdle: 0, MaxIdle: 0, MaxTotal: 1, FSConfig: wazero.NewFSConfig(), RuntimeConfig: wazero.NewRuntimeConfig().WithCompilationCache(cache).WithCloseOnContextDone(term).WithMemoryLimitPages(4096)})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("init", term, time.Since(t0))
		b, _ := os.ReadFile("/tmp/pg/f-x.pdf")
		for i := 0; i < 3; i++ {
			t1 := time.Now()
			in, err := pool.GetInstance(time.Second)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println(" inst", time.Since(t1))
			if term {
				ctx, c := context.WithTimeout(context.Background(), time.Hour)
				defer c()
				reflect.ValueOf(in.GetImplementation()).Elem().FieldByName("Context").Set(reflect.ValueOf(ctx))
			}
			doc, err := in.OpenDocument(&requests.OpenDocument{File: &b})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println(" open", time.Since(t1))
			t2 := time.Now()
			p := requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: 0}}
			r, err := in.GetPageTextStructured(&requests.GetPageTextStructured{Page: p, Mode: requests.GetPageTextStructuredModeChars, CollectFontInformation: true})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println(" struct", len(r.Chars), time.Since(t2))
			if i == 0 {
				for _, c := range r.Chars[60:140] {
					fmt.Printf("%q %.1f-%.1f %.1f-%.1f a%.1f s%.1f|", c.Text, c.PointPosition.Left, c.PointPosition.Right, c.PointPosition.Bottom, c.PointPosition.Top, c.Angle, c.FontInformation.Size)
				}
			}
			t2 = time.Now()
			lp, err := in.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: doc.Document, Index: 0})
			if err != nil {
				t.Fatal(err)
			}
			pg := requests.Page{ByReference: &lp.Page}
			bb, err := in.FPDF_GetPageBoundingBox(&requests.FPDF_GetPageBoundingBox{Page: pg})
			fmt.Println(bb, err)
			tp, err := in.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: pg})
			if err != nil {
				t.Fatal(err)
			}
			n, _ := in.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: tp.TextPage})
			for k := 0; k < n.Count; k++ {
				in.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: tp.TextPage, Index: k})
				in.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: tp.TextPage, Index: k})
				in.FPDFText_GetCharOrigin(&requests.FPDFText_GetCharOrigin{TextPage: tp.TextPage, Index: k})
				in.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: tp.TextPage, Index: k})
				in.FPDFText_GetMatrix(&requests.FPDFText_GetMatrix{TextPage: tp.TextPage, Index: k})
			}
			fmt.Println(" chars", n.Count, time.Since(t2))
			in.Close()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Println("heap", m.HeapAlloc>>20)
		pool.Close()
	}
}

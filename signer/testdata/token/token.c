// A PKCS#11 library for the tests: SoftHSM with the manners of real tokens and
// their drivers. It passes every call on to SoftHSM ($TOKEN_REAL) but for what the
// words in the file $TOKEN_DIR/mode ask; the file is read at every call.
//
//	counts         wrong PINs are counted in $TOKEN_DIR/wrong, over processes: low
//	               after one, final try after two, locked after three
//	flagless       counts, but shows no flag
//	locked         locked from the start
//	removed        the stick is not there
//	removed-after-sign  it is pulled out after the next signature
//	nosize         asked for the length of an attribute, answers CKR_ARGUMENTS_BAD
//	always         every signature wants the PIN anew
//	pad            the PIN is typed on the reader: C_Login takes NULL
//	slow           a signature takes a second
//	prints         prints to the standard output at every call
//	crash-NAME     falls in C_NAME
//	hang-NAME      never comes back from C_NAME
//
// Every PIN that arrives is noted in $TOKEN_DIR/pins: "user length right|wrong".
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CK_PTR *
#define CK_DECLARE_FUNCTION(type, name) type name
#define CK_DECLARE_FUNCTION_POINTER(type, name) type(*name)
#define CK_CALLBACK_FUNCTION(type, name) type(*name)
#ifndef NULL_PTR
#define NULL_PTR 0
#endif
#include "pkcs11.h"

static CK_FUNCTION_LIST_PTR real;
static CK_FUNCTION_LIST mine;
static int armed; // by a login for one signature

static FILE *file(const char *name, const char *how) {
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", getenv("TOKEN_DIR"), name);
	return fopen(path, how);
}

static int mode(const char *word) {
	char line[4096] = "";
	FILE *f = file("mode", "r");
	if (f) {
		if (!fgets(line, sizeof line, f))
			line[0] = 0;
		fclose(f);
	}
	for (char *w = strtok(line, " \n"); w; w = strtok(NULL, " \n"))
		if (strcmp(w, word) == 0)
			return 1;
	return 0;
}

static void meet(const char *name) {
	char word[64];
	if (mode("prints"))
		printf("the driver says hello in C_%s\n", name), fflush(stdout);
	snprintf(word, sizeof word, "hang-%s", name);
	while (mode(word))
		usleep(20000);
	snprintf(word, sizeof word, "crash-%s", name);
	if (mode(word))
		abort();
}

static int wrong(int set) {
	int n = 0;
	FILE *f;
	if (set >= 0) {
		if ((f = file("wrong", "w")))
			fprintf(f, "%d\n", set), fclose(f);
		return set;
	}
	if ((f = file("wrong", "r"))) {
		if (fscanf(f, "%d", &n) != 1)
			n = 0;
		fclose(f);
	}
	return n;
}

static int counting(void) { return mode("counts") || mode("flagless"); }

static int gone(void) {
	FILE *f = file("removed", "r");
	if (f)
		fclose(f);
	return f != NULL || mode("removed");
}

static int rightPIN(CK_UTF8CHAR_PTR pin, CK_ULONG n) {
	char want[256] = "";
	FILE *f = file("pin", "r");
	if (f) {
		if (!fgets(want, sizeof want, f))
			want[0] = 0;
		fclose(f);
	}
	return pin && strlen(want) == n && memcmp(want, pin, n) == 0;
}

static CK_RV initialize(CK_VOID_PTR args) {
	meet("Initialize");
	return real->C_Initialize(args);
}

static CK_RV finalize(CK_VOID_PTR args) {
	meet("Finalize");
	return real->C_Finalize(args);
}

static CK_RV slots(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR n) {
	meet("GetSlotList");
	if (present && gone()) {
		*n = 0;
		return CKR_OK;
	}
	return real->C_GetSlotList(present, list, n);
}

static CK_RV token(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
	meet("GetTokenInfo");
	if (gone())
		return CKR_TOKEN_NOT_PRESENT;
	CK_RV rv = real->C_GetTokenInfo(slot, info);
	if (rv != CKR_OK)
		return rv;
	info->flags &= ~(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED);
	if (mode("counts")) {
		int n = wrong(-1);
		if (n > 0)
			info->flags |= CKF_USER_PIN_COUNT_LOW;
		if (n == 2)
			info->flags |= CKF_USER_PIN_FINAL_TRY;
		if (n > 2)
			info->flags |= CKF_USER_PIN_LOCKED;
	}
	if (mode("locked"))
		info->flags |= CKF_USER_PIN_LOCKED;
	if (mode("pad"))
		info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
	return CKR_OK;
}

static CK_RV login(CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG n) {
	meet("Login");
	CK_UTF8CHAR typed[256];
	if (gone())
		return CKR_DEVICE_REMOVED;
	if (mode("pad")) {
		if (pin)
			return CKR_ARGUMENTS_BAD;
		FILE *f = file("pin", "r"); // what the holder types
		n = f ? fread(typed, 1, sizeof typed, f) : 0;
		if (f)
			fclose(f);
		pin = typed;
	}
	int right = rightPIN(pin, n);
	FILE *f = file("pins", "a");
	if (f)
		fprintf(f, "%lu %lu %s\n", user, n, right ? "right" : "wrong"), fclose(f);
	if (mode("locked") || (counting() && wrong(-1) > 2))
		return CKR_PIN_LOCKED;
	if (counting())
		wrong(right ? 0 : wrong(-1) + 1);
	if (user == CKU_CONTEXT_SPECIFIC) {
		armed = right;
		return right ? CKR_OK : CKR_PIN_INCORRECT;
	}
	return real->C_Login(s, user, pin, n);
}

static CK_RV attribute(CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_PTR list, CK_ULONG n) {
	meet("GetAttributeValue");
	if (gone())
		return CKR_DEVICE_REMOVED;
	if (mode("nosize"))
		for (CK_ULONG i = 0; i < n; i++)
			if (!list[i].pValue)
				return CKR_ARGUMENTS_BAD;
	if (mode("always") && n == 1 && list[0].type == CKA_ALWAYS_AUTHENTICATE) {
		if (list[0].pValue && list[0].ulValueLen > 0)
			*(CK_BBOOL *)list[0].pValue = CK_TRUE;
		list[0].ulValueLen = 1;
		return CKR_OK;
	}
	return real->C_GetAttributeValue(s, o, list, n);
}

static CK_RV signInit(CK_SESSION_HANDLE s, CK_MECHANISM_PTR m, CK_OBJECT_HANDLE key) {
	meet("SignInit");
	armed = 0;
	if (gone())
		return CKR_DEVICE_REMOVED;
	return real->C_SignInit(s, m, key);
}

static CK_RV sign(CK_SESSION_HANDLE s, CK_BYTE_PTR data, CK_ULONG n, CK_BYTE_PTR sig, CK_ULONG_PTR room) {
	meet("Sign");
	if (gone())
		return CKR_DEVICE_REMOVED;
	if (mode("always") && !armed)
		return CKR_USER_NOT_LOGGED_IN;
	if (mode("slow") && sig)
		sleep(1);
	CK_RV rv = real->C_Sign(s, data, n, sig, room);
	if (sig && mode("removed-after-sign"))
		fclose(file("removed", "w"));
	return rv;
}

static CK_RV logout(CK_SESSION_HANDLE s) {
	meet("Logout");
	if (gone())
		return CKR_DEVICE_REMOVED;
	return real->C_Logout(s);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
	if (!real) {
		void *h = dlopen(getenv("TOKEN_REAL"), RTLD_NOW | RTLD_LOCAL);
		CK_C_GetFunctionList get = h ? (CK_C_GetFunctionList)dlsym(h, "C_GetFunctionList") : NULL;
		if (!get || get(&real) != CKR_OK)
			return CKR_GENERAL_ERROR;
		mine = *real;
		mine.C_Initialize = initialize;
		mine.C_Finalize = finalize;
		mine.C_GetSlotList = slots;
		mine.C_GetTokenInfo = token;
		mine.C_Login = login;
		mine.C_Logout = logout;
		mine.C_GetAttributeValue = attribute;
		mine.C_SignInit = signInit;
		mine.C_Sign = sign;
	}
	*list = &mine;
	return CKR_OK;
}

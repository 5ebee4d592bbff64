#ifndef BLOTTER_CCURL_SHIM_H
#define BLOTTER_CCURL_SHIM_H

#include <curl/curl.h>

/* Swift does not import variadic functions: one typed wrapper for each kind of argument. */

typedef size_t (*ccurl_transfer_function)(
    char *_Nonnull bytes, size_t size, size_t count, void *_Nullable context);
typedef int (*ccurl_seek_function)(void *_Nullable context, curl_off_t offset, int origin);

static inline CURLcode ccurl_set_long(CURL *_Nonnull easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_offset(
    CURL *_Nonnull easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_text(
    CURL *_Nonnull easy, CURLoption option, const char *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(
    CURL *_Nonnull easy, CURLoption option, void *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_list(
    CURL *_Nonnull easy, CURLoption option, struct curl_slist *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_transfer(
    CURL *_Nonnull easy, CURLoption option, ccurl_transfer_function _Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_seek(CURL *_Nonnull easy, ccurl_seek_function _Nullable value) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, value);
}

static inline CURLcode ccurl_get_long(
    CURL *_Nonnull easy, CURLINFO information, long *_Nonnull value) {
    return curl_easy_getinfo(easy, information, value);
}

static inline CURLMcode ccurl_multi_set_long(
    CURLM *_Nonnull multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/* CURLMsg holds a union, which Swift cannot read by name. */
static inline CURLcode ccurl_message_result(const CURLMsg *_Nonnull message) {
    return message->data.result;
}

#endif

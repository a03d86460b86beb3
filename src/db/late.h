// libpq and libcurl are loaded when they are first needed. They bring twenty libraries with them,
// whose relocations would cost every start of the program several milliseconds, and most of what it
// does never connects. Nothing is linked with them: what they have is called through a table.
//
// A table belongs to whoever loads it; loading again finds what is there already, and nothing is
// ever unloaded.
#ifndef DB_LATE_H
#define DB_LATE_H

#include <tandem/error.h>

#define CURL_DISABLE_TYPECHECK // it makes macros of functions, which a table cannot have
#include <curl/curl.h>
#include <libpq-fe.h>

#define TDM_LIBPQ_FUNCTIONS(ROW)                                                                   \
    ROW(PQbackendPID)                                                                              \
    ROW(PQcancel)                                                                                  \
    ROW(PQclear)                                                                                   \
    ROW(PQcmdStatus)                                                                               \
    ROW(PQcmdTuples)                                                                               \
    ROW(PQconnectPoll)                                                                             \
    ROW(PQconnectStartParams)                                                                      \
    ROW(PQconnectionNeedsPassword)                                                                 \
    ROW(PQconninfo)                                                                                \
    ROW(PQconninfoFree)                                                                            \
    ROW(PQconninfoParse)                                                                           \
    ROW(PQconsumeInput)                                                                            \
    ROW(PQenterPipelineMode)                                                                       \
    ROW(PQerrorMessage)                                                                            \
    ROW(PQexitPipelineMode)                                                                        \
    ROW(PQfinish)                                                                                  \
    ROW(PQflush)                                                                                   \
    ROW(PQfreeCancel)                                                                              \
    ROW(PQfreemem)                                                                                 \
    ROW(PQgetCancel)                                                                               \
    ROW(PQgetCopyData)                                                                             \
    ROW(PQgetResult)                                                                               \
    ROW(PQgetisnull)                                                                               \
    ROW(PQgetlength)                                                                               \
    ROW(PQgetvalue)                                                                                \
    ROW(PQisBusy)                                                                                  \
    ROW(PQlibVersion)                                                                              \
    ROW(PQnfields)                                                                                 \
    ROW(PQntuples)                                                                                 \
    ROW(PQpipelineSync)                                                                            \
    ROW(PQputCopyEnd)                                                                              \
    ROW(PQresultErrorField)                                                                        \
    ROW(PQresultErrorMessage)                                                                      \
    ROW(PQresultStatus)                                                                            \
    ROW(PQsendPrepare)                                                                             \
    ROW(PQsendQuery)                                                                               \
    ROW(PQsendQueryParams)                                                                         \
    ROW(PQsendQueryPrepared)                                                                       \
    ROW(PQsetErrorVerbosity)                                                                       \
    ROW(PQsetNoticeReceiver)                                                                       \
    ROW(PQsetSingleRowMode)                                                                        \
    ROW(PQsetnonblocking)                                                                          \
    ROW(PQsocket)                                                                                  \
    ROW(PQstatus)                                                                                  \
    ROW(PQtransactionStatus)

#define TDM_LIBCURL_FUNCTIONS(ROW)                                                                 \
    ROW(curl_easy_cleanup)                                                                         \
    ROW(curl_easy_getinfo)                                                                         \
    ROW(curl_easy_header)                                                                          \
    ROW(curl_easy_init)                                                                            \
    ROW(curl_easy_reset)                                                                           \
    ROW(curl_easy_setopt)                                                                          \
    ROW(curl_easy_strerror)                                                                        \
    ROW(curl_free)                                                                                 \
    ROW(curl_global_cleanup)                                                                       \
    ROW(curl_global_init)                                                                          \
    ROW(curl_multi_add_handle)                                                                     \
    ROW(curl_multi_cleanup)                                                                        \
    ROW(curl_multi_info_read)                                                                      \
    ROW(curl_multi_init)                                                                           \
    ROW(curl_multi_perform)                                                                        \
    ROW(curl_multi_poll)                                                                           \
    ROW(curl_multi_remove_handle)                                                                  \
    ROW(curl_slist_append)                                                                         \
    ROW(curl_slist_free_all)                                                                       \
    ROW(curl_url)                                                                                  \
    ROW(curl_url_cleanup)                                                                          \
    ROW(curl_url_get)                                                                              \
    ROW(curl_url_set)

#define TDM_LATE_MEMBER(name) __typeof__(name) *name;

// The functions by their own names.
typedef struct tdm_libpq {
    TDM_LIBPQ_FUNCTIONS(TDM_LATE_MEMBER)
} tdm_libpq;

typedef struct tdm_libcurl {
    TDM_LIBCURL_FUNCTIONS(TDM_LATE_MEMBER)
} tdm_libcurl;

// TDM_ERROR_CONNECT when the library, or a function of it, is not there.
TDM_MUST_CHECK tdm_status tdm_libpq_load(tdm_libpq *ret, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_libcurl_load(tdm_libcurl *ret, tdm_error *err);

#endif

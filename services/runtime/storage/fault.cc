#include "services/runtime/storage/fault.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"

namespace comity::storage {
namespace {

constexpr int kOutOfSync = 2014;  // an unread result: a defect, but the connection is lost with it

// "Duplicate entry '…' for key 'external'"; MySQL 8 says 'leads.external'.
std::string KeyOf(absl::string_view message) {
  const size_t end = message.rfind('\'');
  if (end == absl::string_view::npos || end == 0) return "";
  const size_t begin = message.rfind('\'', end - 1);
  if (begin == absl::string_view::npos) return "";
  const absl::string_view key = message.substr(begin + 1, end - begin - 1);
  const size_t dot = key.rfind('.');
  return std::string(dot == absl::string_view::npos ? key : key.substr(dot + 1));
}

// Whether the message quotes a value, which may be personal: it is then kept out of the log.
bool QuotesValue(int code) {
  switch (code) {
    case 1062:  // duplicate entry
    case 1264:  // out of range
    case 1292:  // incorrect value
    case 1300:  // invalid character string
    case 1366:  // incorrect string value
      return true;
    default:
      return false;
  }
}

}  // namespace

Fault FaultOf(int code) {
  switch (code) {
    case 1213:  // deadlock: rolled back
    case 1205:  // lock wait timeout: only the statement is rolled back
    case 1020:  // record changed since last read (snapshot isolation)
    case 1615:  // statement needs to be prepared again
    case 2057:  // result's columns changed since it was prepared
    case 8028:  // TiDB: schema changed
    case 9007:  // TiDB: write conflict
      return Fault::kRerun;
    case 1053:  // server shutdown in progress
    case 1927:  // connection was killed
    case 2002:  // cannot connect (socket)
    case 2003:  // cannot connect (host)
    case 2006:  // server has gone away
    case 2013:  // lost connection during query
    case 2055:  // lost connection at …
    case 2026:  // TLS error
    case 1040:  // too many connections
    case 1290:  // read-only: no longer the primary
    case 1836:  // the same, MySQL
    case 1080:  // forced close
    case 1152:
    case 1158:
    case 1159:
    case 1160:
    case 1161:  // network read and write errors
      return Fault::kConnection;
    case 1050:  // table exists
    case 1060:  // column exists
    case 1061:  // key exists
    case 1091:  // nothing to drop
      return Fault::kAlreadySo;
    case 1062:
    case 1586:
      return Fault::kDuplicate;
    default:
      return Fault::kOther;
  }
}

bool EndsConnection(int code) { return FaultOf(code) == Fault::kConnection || code == kOutOfSync; }

absl::Status ToStatus(const DatabaseError& error, absl::string_view sql) {
  const std::string detail = absl::StrCat("database error ", error.code, " (",
                                          QuotesValue(error.code) ? "" : error.message, "): ", sql);
  if (error.code == 1969 || error.code == 3024) {  // max_statement_time; MySQL's execution time
    return WithInternalDetail(DeadlineExceeded(), detail);
  }
  switch (FaultOf(error.code)) {
    case Fault::kConnection:
      return WithInternalDetail(
          Unavailable("DATABASE_UNAVAILABLE", "the database cannot be reached"), detail);
    case Fault::kDuplicate:
      return WithInternalDetail(
          MakeError(absl::StatusCode::kAlreadyExists, "DUPLICATE_KEY",
                    "a record with this key exists", {{"key", KeyOf(error.message)}}),
          detail);
    case Fault::kRerun:
      return WithInternalDetail(
          ConcurrentChange("changed by someone else at the same time: try again"), detail);
    default:
      return Internal(detail);
  }
}

}  // namespace comity::storage

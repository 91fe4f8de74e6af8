// One database connection with its cached prepared statements. The only code that meets the
// connector; its exceptions die here.
#ifndef COMITY_RUNTIME_STORAGE_SESSION_H_
#define COMITY_RUNTIME_STORAGE_SESSION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace comity::storage {

// A parameter: NULL, an integer, or bytes (text is UTF-8). Bytes may contain NUL.
using Value = std::variant<std::monostate, int64_t, std::string>;

// The rows of a SELECT, buffered whole. `while (rows.Next()) use(rows.Int(0));` Columns from 0.
// Reading a column in a wrong type or before Next() is a defect: it ends the process.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual bool Next() = 0;
  virtual bool IsNull(int column) const = 0;
  virtual int64_t Int(int column) const = 0;        // 0 when NULL
  virtual std::string Bytes(int column) const = 0;  // empty when NULL
};

// How to reach a database. `socket` or `host` and `port`.
struct DatabaseOptions {
  std::string socket;
  std::string host;
  int port = 3306;
  std::string ca_file;  // required with host: TLS verified against it
  std::string database;
  std::string user;
  std::string password;
  // A silent server is given up after this long, whole seconds; zero: never (migrations).
  absl::Duration read_timeout = absl::Seconds(15);
};

// What a statement did to the transaction, from the database's error code.
enum class Fault {
  kNone,
  kRerun,       // 1213, 1205, 1020, 8028, 9007 …: roll back and run the closure again
  kConnection,  // 2006, 2013 …: the connection is dead and must be discarded
  kDuplicate,   // 1062: a unique key
  kAlreadySo,   // 1050, 1060, 1061, 1091: the schema is as the statement wants it
  kOther,
};

// Not thread-safe: one user at a time, by a lease from Pool.
class Session {
 public:
  static absl::StatusOr<std::unique_ptr<Session>> Open(const DatabaseOptions& options);
  virtual ~Session() = default;

  // Runs one prepared statement (cached by its text; keep texts few and constant).
  // Errors: see last_fault(). DEADLINE_EXCEEDED when max_statement_time ended it;
  // UNAVAILABLE DATABASE_UNAVAILABLE on a dead connection; ALREADY_EXISTS reason DUPLICATE_KEY with
  // metadata `key` (the name of the violated key); ABORTED CONCURRENT_CHANGE for kRerun; else
  // INTERNAL.
  virtual absl::StatusOr<std::unique_ptr<Rows>> Query(absl::string_view sql,
                                                      absl::Span<const Value> params) = 0;
  // Returns the rows matched (CLIENT_FOUND_ROWS).
  virtual absl::StatusOr<int64_t> Execute(absl::string_view sql,
                                          absl::Span<const Value> params) = 0;
  // Runs several statements of a migration script, unprepared. One whose effect is there already is
  // passed over: a migration that was interrupted goes on where it ended.
  virtual absl::Status ExecuteScript(absl::string_view sql) = 0;

  // Bounds every following statement (sets the session's max_statement_time when its bucket
  // changes).
  virtual absl::Status SetDeadline(absl::Time deadline) = 0;

  // The statements "BEGIN", "COMMIT", "ROLLBACK": the connector's own methods swallow errors.
  virtual absl::Status Begin() = 0;
  virtual absl::Status Commit() = 0;
  virtual absl::Status Rollback() = 0;

  // Names of records that were found: nothing that was committed leaves, so nobody need ask again.
  // Rollback forgets them: what was found may have been this session's own.
  bool HasFound(absl::string_view name) const { return found_.contains(name); }
  void SetFound(absl::string_view name);

  virtual Fault last_fault() const = 0;
  virtual bool dead() const = 0;
  virtual bool in_transaction() const = 0;  // between Begin and Commit or Rollback

 protected:
  void ForgetFound() { found_.clear(); }

 private:
  absl::flat_hash_set<std::string> found_;
};

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_SESSION_H_

#include "services/runtime/storage/session.h"

#include <cmath>
#include <list>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "cppconn/datatype.h"
#include "cppconn/exception.h"
#include "cppconn/parameter_metadata.h"
#include "cppconn/prepared_statement.h"
#include "cppconn/resultset.h"
#include "cppconn/statement.h"
#include "mysql_connection.h"
#include "mysql_driver.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/buffered_rows.h"
#include "services/runtime/storage/fault.h"
#include "services/runtime/storage/script.h"

namespace comity::storage {
namespace {

constexpr int kConnectTimeoutSeconds = 2;
constexpr size_t kMostFound = 4096;
// Of one connection. The server bounds those of all connections together, MariaDB at 16,382.
constexpr size_t kMaxStatements = 100;
constexpr int kTooManyStatements = 1461;
// What every session states. Times are written as UTC by the program, never by the database.
constexpr absl::string_view kSessionVariables =
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
    "time_zone = '+00:00', autocommit = 1"
    // MariaDB ends a session that says nothing for ten seconds with the locks of a write in its
    // hands: its process hangs or is cut off, and others would wait for it, the journal's sequencer
    // among them. Other databases know no such variable.
    " /*M!100301 , idle_write_transaction_timeout = 10 */";

// Session variables are set seldom: a deadline is rounded up to one of these, in seconds.
constexpr double kBuckets[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300};
constexpr double kUnlimited = 0;

double BucketFor(absl::Duration remaining) {
  const double seconds = absl::ToDoubleSeconds(remaining);
  for (const double bucket : kBuckets) {
    if (seconds <= bucket) return bucket;
  }
  return kUnlimited;
}

sql::SQLString Text(absl::string_view text) { return sql::SQLString(text.data(), text.size()); }

sql::ConnectOptionsMap ConnectOptions(const DatabaseOptions& options) {
  sql::ConnectOptionsMap map;
  if (options.socket.empty()) {
    map["hostName"] = sql::SQLString(absl::StrCat("tcp://", options.host, ":", options.port));
    // Only these two together verify the server; other TLS options fall back to clear text.
    map["sslCA"] = sql::SQLString(options.ca_file);
    map["sslVerify"] = true;
  } else {
    map["hostName"] = sql::SQLString(absl::StrCat("unix://", options.socket));
  }
  map["userName"] = sql::SQLString(options.user);
  map["password"] = sql::SQLString(options.password);
  map["schema"] = sql::SQLString(options.database);
  map["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
  map["OPT_CONNECT_TIMEOUT"] = kConnectTimeoutSeconds;
  const int timeout = static_cast<int>(absl::ToInt64Seconds(options.read_timeout));
  if (timeout > 0) {
    map["OPT_READ_TIMEOUT"] = timeout;
    map["OPT_WRITE_TIMEOUT"] = timeout;
  }
  map["CLIENT_FOUND_ROWS"] = true;
  return map;
}

// Binds all parameters anew: the connector keeps those of the execution before.
void Bind(sql::PreparedStatement* statement, absl::Span<const Value> params) {
  for (size_t i = 0; i < params.size(); ++i) {
    const unsigned index = static_cast<unsigned>(i) + 1;
    if (const auto* number = std::get_if<int64_t>(&params[i])) {
      statement->setInt64(index, *number);
    } else if (const auto* bytes = std::get_if<std::string>(&params[i])) {
      statement->setString(index, sql::SQLString(*bytes));
    } else {
      statement->setNull(index, sql::DataType::VARCHAR);
    }
  }
}

// The most recently used prepared statements of one connection, by their text.
class StatementCache {
 public:
  struct Prepared {
    std::string sql;
    std::unique_ptr<sql::PreparedStatement> statement;
    size_t parameters;
  };

  Prepared* Find(sql::Connection* connection, absl::string_view text) {
    const auto found = by_text_.find(text);
    if (found != by_text_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return &recent_.front();
    }
    std::unique_ptr<sql::PreparedStatement> statement = Prepare(connection, text);
    const size_t parameters = statement->getParameterMetaData()->getParameterCount();
    recent_.push_front({std::string(text), std::move(statement), parameters});
    by_text_[recent_.front().sql] = recent_.begin();
    if (recent_.size() > kMaxStatements) Drop(recent_.back().sql);
    return &recent_.front();
  }

  void Drop(absl::string_view text) {
    const auto found = by_text_.find(text);
    if (found == by_text_.end()) return;
    const auto entry = found->second;
    by_text_.erase(found);
    recent_.erase(entry);
  }

 private:
  // When the server has no room for one more, those of this connection make some.
  std::unique_ptr<sql::PreparedStatement> Prepare(sql::Connection* connection,
                                                  absl::string_view text) {
    try {
      return std::unique_ptr<sql::PreparedStatement>(connection->prepareStatement(Text(text)));
    } catch (const sql::SQLException& error) {
      if (error.getErrorCode() != kTooManyStatements || recent_.empty()) throw;
    }
    by_text_.clear();
    recent_.clear();
    return std::unique_ptr<sql::PreparedStatement>(connection->prepareStatement(Text(text)));
  }

  std::list<Prepared> recent_;
  absl::flat_hash_map<absl::string_view, std::list<Prepared>::iterator> by_text_;
};

class ConnectorSession final : public Session {
 public:
  explicit ConnectorSession(std::unique_ptr<sql::Connection> connection)
      : connection_(std::move(connection)), plain_(connection_->createStatement()) {}

  absl::StatusOr<std::unique_ptr<Rows>> Query(absl::string_view sql,
                                              absl::Span<const Value> params) override {
    std::unique_ptr<Rows> rows;
    COMITY_RETURN_IF_ERROR(Prepared(sql, params, [&](sql::PreparedStatement* statement) {
      const std::unique_ptr<sql::ResultSet> result(statement->executeQuery());
      rows = std::make_unique<BufferedRows>(result.get());
    }));
    return rows;
  }

  absl::StatusOr<int64_t> Execute(absl::string_view sql, absl::Span<const Value> params) override {
    int64_t matched = 0;
    COMITY_RETURN_IF_ERROR(Prepared(sql, params, [&](sql::PreparedStatement* statement) {
      matched = statement->executeUpdate();
    }));
    return matched;
  }

  absl::Status ExecuteScript(absl::string_view sql) override {
    for (const std::string& statement : SplitStatements(sql)) {
      const absl::Status status = Plain(statement);
      if (!status.ok() && last_fault_ != Fault::kAlreadySo) return status;
    }
    return absl::OkStatus();
  }

  absl::Status SetDeadline(absl::Time deadline) override {
    const absl::Duration remaining = deadline - absl::Now();
    if (remaining <= absl::ZeroDuration()) return DeadlineExceeded();
    const double bucket = BucketFor(remaining);
    if (bucket == bucket_) return absl::OkStatus();
    COMITY_RETURN_IF_ERROR(Plain(absl::StrCat("SET SESSION max_statement_time = ", bucket)));
    bucket_ = bucket;
    return absl::OkStatus();
  }

  absl::Status Begin() override {
    COMITY_RETURN_IF_ERROR(Plain("BEGIN"));
    in_transaction_ = true;
    return absl::OkStatus();
  }
  absl::Status Commit() override {
    COMITY_RETURN_IF_ERROR(Plain("COMMIT"));
    in_transaction_ = false;
    return absl::OkStatus();
  }
  absl::Status Rollback() override {
    doomed_ = false;
    ForgetFound();
    COMITY_RETURN_IF_ERROR(Plain("ROLLBACK"));
    in_transaction_ = false;
    return absl::OkStatus();
  }

  Fault last_fault() const override { return last_fault_; }
  bool dead() const override { return dead_; }
  bool in_transaction() const override { return in_transaction_; }

 private:
  absl::Status Plain(absl::string_view sql) {
    return Guarded(sql, [&] {
      plain_->execute(Text(sql));
      return absl::OkStatus();
    });
  }

  template <typename Run>
  absl::Status Prepared(absl::string_view sql, absl::Span<const Value> params, const Run& run) {
    absl::Status status = Guarded(sql, [&]() -> absl::Status {
      StatementCache::Prepared* const prepared = statements_.Find(connection_.get(), sql);
      if (prepared->parameters != params.size()) {
        return Internal(absl::StrCat(params.size(), " parameters instead of ", prepared->parameters,
                                     " for: ", sql));
      }
      Bind(prepared->statement.get(), params);
      run(prepared->statement.get());
      return absl::OkStatus();
    });
    // It may have failed because it must be prepared again (a changed table).
    if (!status.ok() && !dead_) statements_.Drop(sql);
    return status;
  }

  // The one place where the connector's exceptions end.
  template <typename Run>
  absl::Status Guarded(absl::string_view sql, const Run& run) {
    last_fault_ = Fault::kNone;
    if (dead_) {
      last_fault_ = Fault::kConnection;
      return ToStatus({2006, "the connection was lost before"}, sql);
    }
    if (doomed_) {
      last_fault_ = Fault::kRerun;
      return ConcurrentChange("an earlier statement of this transaction was rolled back");
    }
    try {
      absl::Status status = run();
      if (!status.ok()) last_fault_ = Fault::kOther;
      return status;
    } catch (const sql::SQLException& error) {
      last_fault_ = FaultOf(error.getErrorCode());
      dead_ = EndsConnection(error.getErrorCode());
      doomed_ = in_transaction_ && last_fault_ == Fault::kRerun;
      return ToStatus({error.getErrorCode(), error.what()}, sql);
    }
  }

  const std::unique_ptr<sql::Connection> connection_;
  const std::unique_ptr<sql::Statement> plain_;
  StatementCache statements_;  // after connection_: destroyed before it
  double bucket_ = kUnlimited;
  Fault last_fault_ = Fault::kNone;
  bool dead_ = false;
  bool in_transaction_ = false;
  // A deadlock has rolled back what came before it: what follows must not be committed alone.
  bool doomed_ = false;
};

sql::Driver* Driver() {
  static sql::Driver* const driver = sql::mysql::get_mysql_driver_instance();
  return driver;
}

}  // namespace

void Session::SetFound(absl::string_view name) {
  if (found_.size() >= kMostFound) found_.clear();
  found_.emplace(name);
}

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const DatabaseOptions& options) {
  if (options.socket.empty() && options.ca_file.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "DATABASE_CA_REQUIRED",
                     "a database behind a network is reached over verified TLS only: name its CA");
  }
  std::unique_ptr<Session> session;
  try {
    sql::ConnectOptionsMap map = ConnectOptions(options);
    session = std::make_unique<ConnectorSession>(
        std::unique_ptr<sql::Connection>(Driver()->connect(map)));
  } catch (const sql::SQLException& error) {
    // Whatever the reason (away, full, refused): there is no database for the caller.
    return WithInternalDetail(
        Unavailable("DATABASE_UNAVAILABLE", "the database cannot be reached"),
        absl::StrCat("opening a connection: error ", error.getErrorCode(), " ", error.what()));
  }
  COMITY_RETURN_IF_ERROR(session->ExecuteScript(
      absl::StrCat("SET NAMES utf8mb4 COLLATE utf8mb4_bin; ",
                   "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; ", kSessionVariables)));
  return session;
}

}  // namespace comity::storage

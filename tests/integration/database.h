// The suite's database, past the services: what a test must know or hold to bring about a moment.
#ifndef COMITY_TESTS_INTEGRATION_DATABASE_H_
#define COMITY_TESTS_INTEGRATION_DATABASE_H_

#include <cstdio>
#include <string>

namespace comity::integration {

// Runs a statement as the administrator: its rows, as text.
std::string Sql(const std::string& statement);

// Holds the lock of one record's row, so that whoever changes the record waits.
class RowLock {
 public:
  // Returns when it holds the lock of the record, e.g. `leads/…` of the lead service. The test
  // fails when it does not get it.
  RowLock(const std::string& service, const std::string& record);
  ~RowLock() { Release(); }
  void Release();
  // Whether somebody waits for a row of the service's database.
  bool SomebodyWaits() const;

 private:
  FILE* shell_;
};

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_DATABASE_H_

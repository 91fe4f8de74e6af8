# A service's log line (JSON) as one reads it: time, method, outcome, milliseconds, who.
s/^\{"time":"[0-9-]+T([0-9:]{8}\.[0-9]{3})[0-9]*Z",/\1  /
s/"service":"[a-z0-9]*",?//
s/,?"trace_id":"[0-9a-f]*"//
s/"method":"comity\.([a-z]+\.)v1\.([^"]*)"/\2/
s/,"code":"([A-Z_]*)"/  \1/
s/,"ms":([0-9.]+)/  \1 ms/
s/"message":"/"/
s/,"[a-z_]+":"([^"]*)"/  \1/g
s/,"([a-z_]+)":([0-9.]+|true|false|null)/  \1 \2/g
s/^([0-9:.]+  )"([^"]*)"/\1\2/
s/\}$//

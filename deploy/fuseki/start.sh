#!/bin/sh
# Write the password where Shiro reads it, then run Fuseki in this process.
set -eu
: "${FUSEKI_PASSWORD:?}"
umask 077
cat > /fuseki/shiro.ini <<SHIRO
[main]
ssl.enabled = false
securityManager.subjectDAO.sessionStorageEvaluator.sessionStorageEnabled = false
[users]
ferag = ${FUSEKI_PASSWORD}
[urls]
/\$/ping = anon
/** = noSessionCreation, authcBasic
SHIRO
exec java -Xmx2g -jar /opt/fuseki.jar --port 3030 --no-cors --shiro=/fuseki/shiro.ini \
    --timeout=60000 --set arq:httpServiceAllowed=false

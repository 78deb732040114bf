module tls-front

go 1.20

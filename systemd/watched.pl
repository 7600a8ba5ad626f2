# What display-host and panel-host have in common: a program of ours that systemd's watchdog looks after through them.
use strict;
use warnings;
use Socket;

# Systemd's ear. Both ends of its address are the unit's own: nobody else may speak (NotifyAccess=main).
my $systemd;
if (defined(my $address = delete $ENV{NOTIFY_SOCKET})) {
	$systemd = connected($address =~ s/^@/\0/r, SOCK_DGRAM) // die "systemd's notification socket: $!\n";
}
my $ready = 0;

# A sign of life: the first says that it is ready, the others feed the watchdog. Only a ready one is watched.
sub alive { syswrite $systemd, $ready++ ? 'WATCHDOG=1' : 'READY=1' if $systemd }
sub is_ready { $ready }

# Its pid. `$before` is done in the new process. When we are killed the kernel ends it, also where it was stopped.
sub start {
	my ($before, @command) = @_;
	# A child that ends ends a pause.
	$SIG{CHLD} = sub { };
	my $pid = fork // die "fork: $!\n";
	if ($pid) {
		# Ours alone: what is ignored stays so in a program that is started.
		$SIG{PIPE} = 'IGNORE';
		return $pid;
	}
	$before->();
	exec '/usr/bin/setpriv', '--pdeathsig', 'KILL', '--', @command or die "setpriv: $!\n";
}

# Undef where nobody listens at this unix socket.
sub connected {
	my ($address, $kind) = @_;
	socket(my $to, AF_UNIX, $kind, 0) or return undef;
	return connect($to, pack_sockaddr_un($address)) ? $to : undef;
}

# Whether there is something to read, or the end, within so many seconds.
sub comes {
	my ($from, $seconds) = @_;
	vec(my $read = '', fileno $from, 1) = 1;
	return select($read, undef, undef, $seconds) > 0;
}

1;

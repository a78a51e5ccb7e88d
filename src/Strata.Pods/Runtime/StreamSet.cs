using System.Threading.Channels;

namespace Strata.Pods.Runtime;

/// <summary>Live streams of a command. Streams that are null are not connected. The caller owns them.</summary>
/// <param name="Stdin">Read until its end.</param>
/// <param name="Stdout">Written to.</param>
/// <param name="Stderr">Written to; must be null with a terminal.</param>
/// <param name="Tty">Whether the command gets a terminal.</param>
/// <param name="Resizes">Terminal sizes as they change; null when there is no terminal.</param>
public sealed record StreamSet(Stream? Stdin, Stream? Stdout, Stream? Stderr, bool Tty, ChannelReader<TerminalSize>? Resizes);

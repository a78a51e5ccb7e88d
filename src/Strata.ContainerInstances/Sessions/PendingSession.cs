using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Sessions;

/// <summary>An exec or attach that was granted and whose client has not connected yet.</summary>
/// <param name="Command">What to run; null for attach.</param>
/// <param name="HasInput">Whether the process's input is connected.</param>
internal sealed record PendingSession(
    string Id, string Password, string Pod, string Container, IReadOnlyList<string>? Command, bool HasInput, bool Tty, TerminalSize? Size, DateTimeOffset Expires);

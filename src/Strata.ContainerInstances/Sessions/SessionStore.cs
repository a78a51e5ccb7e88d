using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Sessions;

/// <summary>Granted sessions by id. Each can be taken once, with its password, within a minute; az may never come to connect.</summary>
internal sealed class SessionStore(TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, PendingSession> _pending = new(StringComparer.Ordinal);

    public PendingSession Grant(string pod, string container, IReadOnlyList<string>? command, bool hasInput, bool tty, TerminalSize? size)
    {
        var now = clock.GetUtcNow();
        foreach (var old in _pending.Values.Where(s => s.Expires < now))
        {
            _pending.TryRemove(old.Id, out _);
        }

        // Id and password let their holder into a container: both come from the system's strong source.
        var session = new PendingSession(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)), pod, container, command, hasInput, tty, size, now + Lifetime);
        _pending[session.Id] = session;
        return session;
    }

    public bool IsKnown(string id) => _pending.TryGetValue(id, out var session) && session.Expires >= clock.GetUtcNow();

    /// <summary>Takes the session away. A wrong password uses it up as well.</summary>
    public PendingSession? Take(string id, string password) =>
        _pending.TryRemove(id, out var session) && session.Expires >= clock.GetUtcNow()
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(session.Password), Encoding.UTF8.GetBytes(password))
            ? session
            : null;
}

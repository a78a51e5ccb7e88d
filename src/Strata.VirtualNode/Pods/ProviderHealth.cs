namespace Strata.VirtualNode.Pods;

/// <summary>Whether the provider answers. Fed by every list and ping, read by the node's heartbeat. Thread-safe.</summary>
internal sealed class ProviderHealth(TimeProvider clock)
{
    private readonly Lock _lock = new(); // Guards everything below.
    private DateTimeOffset _lastSuccess = DateTimeOffset.MinValue;
    private string? _problem = "The provider has not answered yet.";
    private int _failures;
    private TaskCompletionSource _turned = NewSignal();

    /// <summary>Why the provider cannot be used; null when it can. One failed call is not yet a lost provider.</summary>
    public string? Problem
    {
        get
        {
            lock (_lock)
            {
                return IsGood_NeedsLock ? null : _problem;
            }
        }
    }

    /// <summary>Completes when the provider is lost or back. Take it before reading <see cref="Problem"/>.</summary>
    public Task Turned
    {
        get
        {
            lock (_lock)
            {
                return _turned.Task;
            }
        }
    }

    private bool IsGood_NeedsLock => _lastSuccess != DateTimeOffset.MinValue && _failures < 2;

    public bool WasSeenWithin(TimeSpan time)
    {
        lock (_lock)
        {
            return _failures == 0 && clock.GetUtcNow() - _lastSuccess < time;
        }
    }

    public void Succeeded() => Note(() => (_lastSuccess, _problem, _failures) = (clock.GetUtcNow(), null, 0));

    public void Failed(string problem) => Note(() => (_problem, _failures) = (problem, _failures + 1));

    private void Note(Action change)
    {
        lock (_lock)
        {
            var wasGood = IsGood_NeedsLock;
            change();
            if (wasGood != IsGood_NeedsLock)
            {
                _turned.TrySetResult();
                _turned = NewSignal();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

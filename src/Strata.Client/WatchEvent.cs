namespace Strata.Client;

/// <summary>One typed event of a watch.</summary>
public readonly record struct WatchEvent<T>(WatchEventType Type, T Object)
    where T : class;

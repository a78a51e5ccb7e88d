using Strata.Api;
using Strata.Api.Models;
using Strata.Client.Informers;

namespace Strata.Network.Tests.Services;

/// <summary>Informers that hold what the test puts in.</summary>
internal sealed class FakeInformers : IInformers
{
    private readonly Dictionary<Type, object> _informers = [];

    public IInformer<T> For<T>()
        where T : class, IKubeObject<T> => Of<T>();

    public IInformer<T> For<T>(string? namespaceName, string? labelSelector, string? fieldSelector)
        where T : class, IKubeObject<T> => Of<T>();

    public void Put<T>(T item)
        where T : class, IKubeObject<T> => Of<T>().Change(item.Key(), item);

    public void Delete<T>(string ns, string name)
        where T : class, IKubeObject<T> => Of<T>().Change(new ObjectKey(ns, name), null);

    private FakeInformer<T> Of<T>()
        where T : class, IKubeObject<T>
    {
        if (!_informers.TryGetValue(typeof(T), out var informer))
        {
            _informers.Add(typeof(T), informer = new FakeInformer<T>());
        }
        return (FakeInformer<T>)informer;
    }

    private sealed class FakeInformer<T> : IInformer<T>
        where T : class, IKubeObject<T>
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<ObjectKey, T> _items = [];
        private readonly Dictionary<string, Func<T, IEnumerable<string>>> _indexes = [];
        private readonly List<Action<InformerChange<T>>> _handlers = [];

        public void Change(ObjectKey key, T? item)
        {
            lock (_lock)
            {
                var old = _items.GetValueOrDefault(key);
                _items.Remove(key);
                if (item is not null)
                {
                    _items.Add(key, item);
                }
                _handlers.ForEach(handler => handler(new InformerChange<T>(old, item)));
            }
        }

        public T? Get(ObjectKey key)
        {
            lock (_lock)
            {
                return _items.GetValueOrDefault(key);
            }
        }

        public IReadOnlyList<T> List()
        {
            lock (_lock)
            {
                return [.. _items.Values];
            }
        }

        public IReadOnlyList<T> List(string namespaceName) => [.. List().Where(item => item.Metadata.Namespace == namespaceName)];

        public IReadOnlyList<T> ByIndex(string index, string value) => [.. List().Where(item => _indexes[index](item).Contains(value))];

        public Task WaitForSyncAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Subscribe(Action<InformerChange<T>> handler)
        {
            lock (_lock)
            {
                foreach (var item in _items.Values)
                {
                    handler(new InformerChange<T>(null, item));
                }
                _handlers.Add(handler);
            }
        }

        public void AddIndex(string index, Func<T, IEnumerable<string>> keys) => _indexes[index] = keys;
    }
}

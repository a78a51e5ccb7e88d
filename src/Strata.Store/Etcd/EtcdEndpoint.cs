using Grpc.Net.Client;
using Strata.Store.Etcd.Protocol;

namespace Strata.Store.Etcd;

/// <summary>One member of the cluster and the connection to it.</summary>
internal sealed class EtcdEndpoint(Uri address, GrpcChannel channel) : IDisposable
{
    public KV.KVClient Keys { get; } = new(channel);

    public Protocol.Watch.WatchClient Watches { get; } = new(channel);

    public void Dispose() => channel.Dispose();

    public override string ToString() => address.GetLeftPart(UriPartial.Authority);
}

using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Strata.Cri.Containerd.Events;

namespace Strata.Cri;

public sealed partial class CriClient
{
    // containerd's filter language: a comma joins conditions. CRI keeps its containers in the namespace k8s.io.
    private const string EventFilter =
        "namespace==k8s.io,topic~=\"^/(tasks/(start|exit|oom)|containers/(create|delete))$\"";

    public async IAsyncEnumerable<RuntimeEvent> WatchEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = new Events.EventsClient(_channel.Invoker);
        using var call = events.Subscribe(new SubscribeRequest { Filters = { EventFilter } }, cancellationToken: cancellationToken);
        while (await NextAsync(call.ResponseStream, cancellationToken))
        {
            if (Translate(call.ResponseStream.Current) is { } runtimeEvent)
            {
                yield return runtimeEvent;
            }
        }
        throw new CriException(StatusCode.Unavailable, $"the event stream of containerd at {SocketPath} ended");
    }

    private async Task<bool> NextAsync(IAsyncStreamReader<Envelope> stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNext(cancellationToken);
        }
        catch (RpcException e)
        {
            throw _channel.Errors.Map(e, "Subscribe", cancellationToken);
        }
    }

    private static RuntimeEvent? Translate(Envelope envelope)
    {
        var body = envelope.Event.Value;
        var at = envelope.Timestamp.ToDateTimeOffset();
        // By type name and not Any.Unpack: containerd writes it without the "type.googleapis.com/" in front.
        switch (Any.GetTypeName(envelope.Event.TypeUrl) is { Length: > 0 } name ? name : envelope.Event.TypeUrl)
        {
            case "containerd.events.TaskStart":
                var start = TaskStart.Parser.ParseFrom(body);
                return new RuntimeEvent(RuntimeEventKind.Started, start.ContainerId, (int)start.Pid, 0, at);
            case "containerd.events.TaskExit":
                var exit = TaskExit.Parser.ParseFrom(body);
                return exit.Id == exit.ContainerId
                    ? new RuntimeEvent(
                        RuntimeEventKind.Exited, exit.ContainerId, (int)exit.Pid, (int)exit.ExitStatus, exit.ExitedAt.ToDateTimeOffset())
                    : null; // The end of an exec: no change to the container.
            case "containerd.events.TaskOOM":
                return new RuntimeEvent(RuntimeEventKind.OutOfMemory, TaskOOM.Parser.ParseFrom(body).ContainerId, 0, 0, at);
            case "containerd.events.ContainerCreate":
                return new RuntimeEvent(RuntimeEventKind.Created, ContainerCreate.Parser.ParseFrom(body).Id, 0, 0, at);
            case "containerd.events.ContainerDelete":
                return new RuntimeEvent(RuntimeEventKind.Deleted, ContainerDelete.Parser.ParseFrom(body).Id, 0, 0, at);
            default:
                return null;
        }
    }
}

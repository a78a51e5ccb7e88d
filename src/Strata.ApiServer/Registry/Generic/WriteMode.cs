namespace Strata.ApiServer.Registry.Generic;

/// <summary>Which half of an object an update may change.</summary>
internal enum WriteMode
{
    /// <summary>Everything except status, when the kind has the status subresource.</summary>
    Main,

    /// <summary>A part of the spec, by a subresource with rules of its own in place of the kind's update rules.</summary>
    Part,

    /// <summary>Status and metadata.</summary>
    Status,

    /// <summary>Whatever the server's own code changed (binding, finalizing): the kind's update rules do not apply.</summary>
    Internal,
}
